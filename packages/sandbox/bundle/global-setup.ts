// Before a run of tests, and before each again while vitest watches: bundles the sandbox's programs for all its processes.
import type { TestProject } from 'vitest/node'
import { bundleForAll, isBundledForAll } from './artifacts.js'

/** Called for every project. */
export default async function setup(project: TestProject): Promise<void> {
  if (isBundledForAll()) return
  await bundleForAll()
  project.onTestsRerun(bundleForAll)
}
