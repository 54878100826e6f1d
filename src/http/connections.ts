// How many connections there may be, together and from one address. The ones too many are closed unanswered.
import type { Socket } from 'node:net';
import type { Limits } from './limits.ts';

export class Connections {
  readonly #limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  constructor(limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>) {
    this.#limits = limits;
  }

  readonly admit = (socket: Socket): void => {
    const address = socket.remoteAddress ?? '';
    const here = this.#byAddress.get(address) ?? 0;
    if (this.#total >= this.#limits.connections || here >= this.#limits.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    this.#total++;
    this.#byAddress.set(address, here + 1);
    socket.once('close', () => {
      this.#total--;
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    });
  };
}
