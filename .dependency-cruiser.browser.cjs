// The browser check: what BROWSER_SAFE names, and everything it reaches at run time, uses no
// `node:` module and no npm package outside BROWSER_PACKAGES. Type-only imports do not count, so
// this runs apart from the layer check, which sees them.
const { options } = require('./.dependency-cruiser.cjs')

/** Entries that also run in browsers. */
const BROWSER_SAFE = [
  'packages/log/src/formats/',
  'packages/log/src/proofs/',
  'packages/log/src/values/',
  'packages/sandbox/src/engine-table.ts',
  'packages/verifier/src/batch/',
  'packages/verifier/src/index.ts',
]

/** npm packages without native code or `node:` imports. */
const BROWSER_PACKAGES = ['@noble/[^/]+', 'b4a', 'flat-tree', 'protocol-buffers-encodings']

module.exports = {
  forbidden: [
    {
      name: 'browser-safe',
      comment: 'Give the Node part to the caller through an interface, or move it to another entry.',
      severity: 'error',
      from: { path: `^(${BROWSER_SAFE.join('|')})` },
      to: {
        pathNot: ['^(packages|apps)/', `node_modules/(${BROWSER_PACKAGES.join('|')})/`],
        reachable: true,
      },
    },
  ],
  options: { ...options, tsPreCompilationDeps: false },
}
