export declare const hasScript: () => boolean
