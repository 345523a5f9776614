// A vitest reporter whose only output is the last line of the run: `N passed, N failed[, N skipped]`.
// A file that fails to load, an error outside a test and a run that fails for any other reason each
// count as failed, so the line never says 0 failed for a run that exits non-zero.
// With VITRA_COUNT_FILE set the line goes to that file and the caller prints it.
import { writeFileSync } from 'node:fs'

/** The count line for the given numbers. */
export function countLine({ passed, failed, skipped = 0 }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Counts the tests of finished vitest modules. */
export function countTests(modules, unhandledErrors, reason) {
  const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') counts.passed++
      else if (state === 'skipped') counts.skipped++
      else counts.failed++
    }
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
    counts.failed += module.errors().length
  }
  if (reason !== 'passed' && counts.failed === 0) counts.failed = 1
  return counts
}

export default class CountReporter {
  #counts = { passed: 0, failed: 1, skipped: 0 }

  onInit() {
    // At exit, because other reporters and vitest itself print after the last hook.
    process.once('exit', (code) => {
      const counts = { ...this.#counts }
      if (code !== 0 && counts.failed === 0) counts.failed = 1
      const line = countLine(counts)
      const file = process.env.VITRA_COUNT_FILE
      if (file) writeFileSync(file, `${line}\n`)
      else process.stdout.write(`${line}\n`)
    })
  }

  onTestRunEnd(modules, unhandledErrors, reason) {
    this.#counts = countTests(modules, unhandledErrors, reason)
  }
}
