// What Slack refuses of a message for its size or form: the word it says, and more about it.

export interface Refusal {
  readonly error: string;
  readonly messages?: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const MOST_BLOCKS = 50;
/** Documented nowhere; what people have run into. */
const MOST_IN_BLOCKS = 13_200;
const MOST_TEXT = 40_000;

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function refusalOf(message: Json): Refusal | null {
  const attachments = list(message['attachments']);
  const groups = [list(message['blocks']), ...attachments.map((attachment) => list(attachment['blocks']))];
  if (attachments.length > 100) return { error: 'too_many_attachments' };
  if (text(message['text']).length > MOST_TEXT) return { error: 'msg_too_long' };
  const isEmpty = text(message['text']) === '' && groups.every((group) => group.length === 0);
  if (isEmpty && attachments.length === 0) return { error: 'no_text' };
  for (const blocks of groups) {
    if (blocks.length > MOST_BLOCKS) return invalid('no more than 50 items allowed [json-pointer:/blocks]');
    for (const [index, block] of blocks.entries()) {
      const fault = blockFault(block);
      if (fault !== null) return invalid(`${fault} [json-pointer:/blocks/${index}]`);
    }
  }
  const size = groups.reduce((sum, blocks) => sum + JSON.stringify(blocks).length, 0);
  return size > MOST_IN_BLOCKS ? { error: 'msg_blocks_too_long' } : null;
}

const invalid = (message: string): Refusal => ({ error: 'invalid_blocks', messages: [`[ERROR] ${message}`] });

function blockFault(block: Json): string | null {
  switch (block['type']) {
    case 'header':
      return textFault(record(block['text']), ['plain_text'], 150);
    case 'section':
      return list(block['fields']).length > 10
        ? 'no more than 10 fields'
        : (list(block['fields'])
            .map((field) => textFault(field, ['plain_text', 'mrkdwn'], 2000))
            .find((fault) => fault !== null) ?? textFault(record(block['text']), ['plain_text', 'mrkdwn'], 3000));
    case 'context': {
      const elements = list(block['elements']);
      if (elements.length === 0 || elements.length > 10) return 'one to 10 elements';
      return (
        elements.map((each) => textFault(each, ['plain_text', 'mrkdwn'], 3000)).find((fault) => fault !== null) ?? null
      );
    }
    case 'actions': {
      const elements = list(block['elements']);
      if (elements.length === 0 || elements.length > 25) return 'one to 25 elements';
      return elements.map(buttonFault).find((fault) => fault !== null) ?? null;
    }
    case 'divider':
      return null;
    default:
      return 'unsupported type';
  }
}

function textFault(object: Json, types: readonly string[], most: number): string | null {
  if (!types.includes(text(object['type']))) return 'invalid text type';
  const said = text(object['text']);
  if (said === '') return 'must be more than 0 characters';
  return said.length > most ? `must be less than ${most + 1} characters` : null;
}

function buttonFault(button: Json): string | null {
  if (button['type'] !== 'button') return 'invalid element';
  const address = text(button['url']);
  if (address.length > 3000 || !/^https?:\/\//.test(address) || !URL.canParse(address)) return 'invalid url';
  return textFault(record(button['text']), ['plain_text'], 75);
}
