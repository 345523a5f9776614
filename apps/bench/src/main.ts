/** `npm run bench`: measures, prints, writes `docs/benchmarks.md` and `apps/bench/results`, and tells what moved. */
import { loadavg } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runBench } from './bench.js'
import { compare, describeComparison } from './compare.js'
import { lastRun } from './last-run.js'
import { FULL, QUICK, TINY } from './sizes.js'
import { amend, type Summary, type SummaryRow } from './summary.js'
import { writeResults } from './write.js'

const APP = fileURLToPath(new URL('..', import.meta.url))
const REPO = path.join(APP, '../..')
const REPORT = path.join(REPO, 'docs/benchmarks.md')
const PLOTS = path.join(REPO, 'docs/benchmarks')
/** What each form found last. */
const QUICK_DATA = path.join(APP, 'results/last.json')
const FULL_DATA = path.join(APP, 'results/full.json')

const HELP = `npm run bench -- [options]

Measures Vitra beside a bare Hyperbee and Autobase and writes docs/benchmarks.md with its plots, and the same figures
to apps/bench/results. Then tells what moved since the results that are committed there.

  --full           histories of a million ops and five rounds, ${FULL.minutesMax} minutes at most; npm run bench:full
  --tiny           a minute, only to see that it works; writes nothing
  --only <text>    only the rows whose id contains the text; writes nothing
  --amend          with --only: puts these rows into the results that are there, with the run that measured them
  --minutes <n>    begin no row after so many minutes; what is left out is named
  --folder <path>  where to write while measuring, a folder on the disk that is meant; default tmp/
`

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    only: { type: 'string' },
    amend: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    folder: { type: 'string', default: path.join(REPO, 'tmp') },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(HELP)
else await main()

async function main(): Promise<void> {
  const { full, tiny, only, amend: amends, minutes, folder } = values
  const sizes = full ? FULL : tiny ? TINY : QUICK
  console.log(
    `load average ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
  )
  const results = await runBench({
    sizes: minutes === undefined ? sizes : { ...sizes, minutesMax: Number(minutes) },
    command: commandLine(),
    folder,
    only,
    onRow: print,
  })
  const { fileSystem, node, cpu, cores } = results.machine
  console.log(`${Math.round(results.seconds)} s on ${fileSystem}, ${cpu}, ${cores} cores, Node ${node}`)
  if (results.omitted.length > 0) console.log(`left out: ${results.omitted.join('; ')}`)
  if (tiny) return
  const data = full ? FULL_DATA : QUICK_DATA
  const before = lastRun(data)
  console.log(
    before === null
      ? 'no results of this form are committed to compare with'
      : describeComparison(compare(before, results), before),
  )
  if (only !== undefined && !amends) return
  if (amends && before === null)
    throw new Error('there are no results of this form that rows could be put into')
  const whole = amends ? amend(before!, results) : results
  await writeResults(whole, { report: REPORT, plots: PLOTS, data })
  console.log(`wrote docs/benchmarks.md and ${path.relative(REPO, data)}`)
}

/** As the report quotes it. */
function commandLine(): string {
  const { full, only, amend: amends, minutes } = values
  const options = [
    ...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
    ...(only === undefined ? [] : [`--only ${only}`]),
    ...(amends ? ['--amend'] : []),
  ]
  return `npm run bench${full ? ':full' : ''}${options.length === 0 ? '' : ` -- ${options.join(' ')}`}`
}

function print({ title, unit, contestants, failed = [] }: SummaryRow): void {
  console.log(`\n${title} (${unit})`)
  for (const { name, median, min, max, p95, p99, ratio } of contestants as readonly Summary[]) {
    const tail = p95 === undefined ? '' : ` p95 ${p95.toFixed(2)} p99 ${p99!.toFixed(2)}`
    const spread = `${min.toPrecision(3)}–${max.toPrecision(3)}`
    console.log(
      `  ${name.padEnd(40)} ${median.toPrecision(4)} (${spread})${tail} ratio ${ratio.toPrecision(3)}`,
    )
  }
  for (const { name, message } of failed) console.log(`  ${name.padEnd(40)} did not come through: ${message}`)
}
