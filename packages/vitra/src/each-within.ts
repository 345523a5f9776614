/** What a generator gives, each step done within something: as long as the database is open, say. */
export async function* eachWithin<T>(
  within: <R>(work: () => Promise<R>) => Promise<R>,
  steps: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T> {
  try {
    for (;;) {
      const { value, done } = await within(() => steps.next())
      if (done) return
      yield value as T
    }
  } finally {
    await steps.return() // who asks for no more leaves nothing open
  }
}
