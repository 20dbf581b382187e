/** The id of an element for a thing or a part of it: `task-t_9`, `task-t_9-menu`. */
export function domId(noun: string, id: string | number, part?: string): string {
  return part === undefined ? `${noun}-${id}` : `${noun}-${id}-${part}`
}
