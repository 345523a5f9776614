/** Ends several things where one that fails must not keep the others open. */

/** Runs the steps in order, all of them. @throws the first error, after the last step */
export async function closeAll(steps: Iterable<() => Promise<unknown>>): Promise<void> {
  const errors: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
