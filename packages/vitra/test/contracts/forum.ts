// The type of a script in TypeScript, for the types of `db.api` and `db.read`.
export let topicCounter = 0
export const tags: string[] = []

export async function init(): Promise<void> {}

export async function addTopic(title: string, options: { readonly pinned?: boolean } = {}): Promise<number> {
  if (options.pinned) tags.push(title)
  return ++topicCounter
}

export function topics(): string[] {
  return tags
}

export function clear(): void {
  tags.length = 0
}
