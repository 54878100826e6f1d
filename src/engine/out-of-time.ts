/** Why a send is cut off: senders tell it from one that we gave up ourselves. */
export const outOfTime = (): DOMException => new DOMException('too late', 'TimeoutError');
