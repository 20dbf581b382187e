/** The id of an element that stands for a thing, or for a part of it: `task-t_9`, `task-t_9-menu`. */
export function domId(noun: string, id: string | number, part?: string): string {
  return part === undefined ? `${noun}-${id}` : `${noun}-${id}-${part}`
}
