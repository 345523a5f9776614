/** A TCP proxy with the rate and the latency of a bad link. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LinkOptions {
  /** Bytes each second and direction. */
  readonly bytesPerSecond: number
  /** One way, in ms. */
  readonly latencyMs: number
}

export class SlowLink implements AsyncDisposable {
  /** Bytes that came through. */
  bytes = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #options: LinkOptions

  private constructor(target: number, options: LinkOptions) {
    this.#options = options
    this.#server = createServer((near) => this.#join(near, connect(target, '127.0.0.1')))
  }

  /** @param target port that the link leads to */
  static async open(target: number, options: LinkOptions): Promise<SlowLink> {
    const link = new SlowLink(target, options)
    link.#server.listen(0, '127.0.0.1')
    await once(link.#server, 'listening')
    return link
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('error', noteCut)
      socket.once('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(this.#slow()).pipe(far)
    far.pipe(this.#slow()).pipe(near)
  }

  /** Lets a packet through once all before it are, and it is old enough. */
  #slow(): Transform {
    const { bytesPerSecond, latencyMs } = this.#options
    let isFreeAt = 0
    return new Transform({
      highWaterMark: 1024,
      transform: async (packet: Buffer, _encoding, done) => {
        const now = performance.now()
        isFreeAt = Math.max(now + latencyMs, isFreeAt) + (packet.length / bytesPerSecond) * 1000
        await sleep(isFreeAt - now)
        this.bytes += packet.length
        done(null, packet)
      },
    })
  }
}

/** A socket that is cut reports an error: closing the link cuts it. */
function noteCut(): void {}
