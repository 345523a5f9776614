// Regular expressions that backtrack without end. The engine does not count its steps: an op that matches for too long ends
// by the clock, as `unexecutable`, and everybody else goes on.
import { useSandbox } from '../escape/attack.js'
import { bombs } from './bomb.js'

const sandbox = useSandbox({ opMs: 500 })

bombs(sandbox, [
  ['/^(a+)+$/.test("a".repeat(40) + "b")', 'unexecutable', 'fuel'],
  ['/(x+x+)+y/.test("x".repeat(40))', 'unexecutable', 'fuel'],
  ['/^(([a-z])+.)+[A-Z]([a-z])+$/.test("a".repeat(60))', 'unexecutable', 'fuel'],
  ['"a".repeat(50000).match(/(a*)*b/)', 'unexecutable', 'fuel'],
  ['"a".repeat(40).replace(/(a|aa)+$/, "").search(/(a|a)*b/)', 'ok', 'fuel'],
  ['new RegExp("(a+)+$").exec("a".repeat(40) + "!")', 'unexecutable', 'fuel'],
  ['"x".repeat(35).split(/(x+)+y/)', 'unexecutable', 'fuel'],
  [
    'try { /^(a+)+$/.test("a".repeat(40) + "b") } catch { return "caught" } finally { return "caught" }',
    'unexecutable',
    'fuel',
  ],
])
