/** Numbers, texts, patterns, JSON. */
import type { Permits } from './permit.js'

const LOCALE = 'locale'

export const DATA: Permits = {
  Number: {
    keep: 'prototype isFinite isInteger isNaN isSafeInteger parseFloat parseInt MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY MAX_SAFE_INTEGER MIN_SAFE_INTEGER EPSILON',
  },
  'Number.prototype': {
    keep: 'constructor toExponential toFixed toPrecision toString valueOf',
    remove: { toLocaleString: LOCALE },
  },
  BigInt: { keep: 'prototype asUintN asIntN' },
  'BigInt.prototype': {
    keep: 'constructor toString valueOf @@toStringTag',
    remove: { toLocaleString: LOCALE },
  },
  Math: {
    keep: 'abs acos acosh asin asinh atan atanh atan2 ceil cbrt expm1 clz32 cos cosh exp floor fround hypot imul log log1p log2 log10 max min round sign sin sinh sqrt tan tanh trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 @@toStringTag',
    replace: { pow: 'rounds in one way: that of FDLIBM 5.3' },
    remove: { random: 'randomness; util.random derives it from the op' },
  },
  String: { keep: 'prototype fromCharCode fromCodePoint raw' },
  'String.prototype': {
    keep: 'length constructor at charAt charCodeAt codePointAt concat endsWith includes indexOf isWellFormed lastIndexOf normalize padEnd padStart repeat replace replaceAll slice split substr substring startsWith toString toWellFormed trim trimStart trimLeft trimEnd trimRight toLowerCase toUpperCase valueOf @@iterator',
    replace: {
      'match matchAll search': 'make patterns as `RegExp` does',
      localeCompare: 'orders by code points: no locale',
      'toLocaleLowerCase toLocaleUpperCase': 'know no locale',
    },
    remove: {
      'anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup': 'legacy',
    },
  },
  RegExp: {
    keep: 'prototype @@species',
    remove: {
      "$1 $2 $3 $4 $5 $6 $7 $8 $9 $_ $& $+ $` $' input lastMatch lastParen leftContext rightContext":
        'remember the last match anywhere',
    },
  },
  'RegExp.prototype': {
    keep: 'constructor exec dotAll flags global hasIndices ignoreCase multiline source sticky unicode toString test @@match @@matchAll @@replace @@search @@split',
    remove: { compile: 'legacy', unicodeSets: 'of a later edition than the pinned one' },
  },
  JSON: { keep: '@@toStringTag', replace: { 'parse stringify': 'bound nesting' } },
}
