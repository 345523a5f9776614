/**
 * Names that an instrumented contract imports from 'vitra:link' (spec/6-determinism §7); the driver offers a function or
 * value under each.
 */
export const LINK_NAMES = [
  'args',
  'begin',
  'clean',
  'delegate',
  'delegateAsync',
  'div',
  'enter',
  'exhausted',
  'freezeModule',
  'leave',
  'length',
  'measure',
  'mod',
  'names',
  'owned',
  'place',
  'pow',
  'rest',
  'shl',
  'shr',
  'spread',
] as const
export type LinkName = (typeof LINK_NAMES)[number]
