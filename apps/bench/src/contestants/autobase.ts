/** Autobase with a Hyperbee as its view, which holds the same entries as Vitra's state. */
import Autobase from 'autobase'
import Corestore from 'corestore'
import Hyperbee from 'hyperbee'
import type { Entry } from '../workload.js'

type Message = Entry | { readonly writer: string }

export class Base implements AsyncDisposable {
  readonly base: Autobase<Hyperbee, Message>
  readonly store: Corestore

  private constructor(store: Corestore, base: Autobase<Hyperbee, Message>) {
    this.store = store
    this.base = base
  }

  /** @param key of the base to take part in; none makes a new one */
  static async open(folder: string, key: Buffer | null = null): Promise<Base> {
    const store = new Corestore(folder)
    const base = new Autobase<Hyperbee, Message>(store, key, {
      valueEncoding: 'json',
      open: (views) => new Hyperbee(views.get('view'), { extension: false }),
      apply,
    })
    await base.ready()
    return new Base(store, base)
  }

  /** Appends to the own oplog and runs `apply`: the view holds the entries when this returns. */
  async append(entries: Entry | readonly Entry[]): Promise<void> {
    await this.base.append(entries as Entry | Entry[])
    await this.base.update()
  }

  async admit(other: Base): Promise<void> {
    await this.base.append({ writer: other.base.local.key!.toString('hex') })
  }

  async has({ key, value }: Entry): Promise<boolean> {
    const node = await this.base.view.get(Buffer.from(key))
    return node?.value?.toString() === value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.base.close()
    await this.store.close()
  }
}

async function apply(
  nodes: readonly { readonly value: Message | null }[],
  view: Hyperbee,
  host: Autobase.Host,
): Promise<void> {
  const batch = view.batch({ update: false })
  for (const { value } of nodes) {
    if (value === null) continue
    if ('writer' in value) await host.addWriter(Buffer.from(value.writer, 'hex'), { indexer: true })
    else await batch.put(Buffer.from(value.key), Buffer.from(value.value))
  }
  await batch.flush()
}
