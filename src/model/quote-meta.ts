// Text as a regular expression that matches just it, in Go's spelling. Receiver names reach templates and webhooks
// this way.

export const quoteMeta = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
