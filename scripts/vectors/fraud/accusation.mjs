// Accusations by the number of a batch.

/** Codes of what stands before the end of a batch, or is found while all of it is read. */
const WITHOUT_END = ['genesis-invalid', 'record-invalid', 'non-canonical-index', 'head-inside-batch']

/** Accuses the executor of a published history. */
export function accuse({ ends }, code, { number, ...place }) {
  return {
    code,
    start: number === 0 ? 0 : ends[number - 1],
    end: WITHOUT_END.includes(code) ? 0 : ends[number],
    ...place,
  }
}
