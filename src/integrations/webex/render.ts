// A message in Webex, in its markdown.
import { goJson } from '../../model/go-json.ts';
import { cutBytes } from '../../notify/cut-text.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import { byJson } from '../http/judge-json.ts';
import { jsonPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface WebexValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly message: string;
  readonly roomId: string;
}

const MOST_BYTES = 7439;

export function renderWebex({ httpConfig, apiUrl, message, roomId }: WebexValues, scene: Scene): Draft {
  const room = scene.address(roomId);
  if (room === '') return refusedDraft('room_id comes out empty');
  const body = goJson({ markdown: cutBytes(scene.bodyOrTitle(message), MOST_BYTES), roomId: room });
  return {
    kind: 'http',
    request: {
      http: httpConfig,
      timeout: null,
      secrets: {},
      write: () => jsonPost(apiUrl, `${body}\n`),
      judge: byJson,
    },
  };
}
