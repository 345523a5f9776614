// Proofs of accusations, made as a prover does. Contracts are not run: what they honestly give is known.

/** `{prove, gather}` for histories of one database. */
export function prosecutor(api, database, honest) {
  const runner = makeRunner(api, honest)
  const options = ({ index }, length) => ({
    crypto: api.sodiumCrypto,
    runner,
    index: index.source,
    head: index.head(length ?? index.blocks.length),
    openOplog: database.openOplog,
  })
  return {
    /** A proof that holds. */
    prove: (published, accusation, length) => api.proveFraud(options(published, length), accusation),
    /** The accusation with the blocks that a check asks for, whatever it comes to. */
    async gather(published, accusation, length) {
      const { crypto, index, head, openOplog } = options(published, length)
      const recorder = new api.Recorder(crypto, database.key, { source: index, head }, openOplog)
      await api.tryAccusation({ crypto, runner }, recorder, accusation)
      const wrap = ({ source, seqs, head: under }) =>
        api.proveBlocks(source, seqs.size === 0 ? [under.length - 1] : seqs, { head: under })
      const { asked, askedOfOplog } = recorder
      return {
        kind: 'fraud',
        accusation,
        index: await wrap(asked),
        ...(askedOfOplog === null ? {} : { op: await wrap(askedOfOplog) }),
      }
    },
  }
}

function makeRunner(api, honest) {
  const runs = honest.flatMap((batch) => batch.runs)
  return {
    async checkOp({ view }, op) {
      const { firstSeq, executed } = runs.find(
        ({ oplog, firstSeq: from, executed: ops }) =>
          api.toHex(oplog) === api.toHex(op.input.oplog) && from <= op.seq && op.seq < from + ops.length,
      )
      const { outcome, changes, reads } = executed[op.seq - firstSeq]
      for (const path of reads) await view.get(api.pathToKey(path))
      const step = { outcome: { ...outcome, ts: op.outcome.ts }, changes }
      const difference = api.compare(step, op)
      if (difference !== null) throw difference
      return { ...step, participantsChanged: false }
    },
    async layOut(index, start, changes) {
      const base = {
        length: start,
        get: (seq) => index.block(seq),
        roots: async () => ({ length: start, roots: await index.roots(start) }),
      }
      const writer = await api.IndexWriter.open(start === 0 ? null : base, start)
      const { treeHash } = await writer.layOut(changes)
      return { length: writer.length, treeHash }
    },
    refusal: async (source) => (source.includes('export') ? null : 'it exports nothing'),
  }
}
