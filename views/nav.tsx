export const navItems = (n: any[]): string => n.map((x) => `<a href="${x.href}">${x.title}</a>`).join('')
