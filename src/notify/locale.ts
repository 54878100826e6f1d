// How a receiver wants its messages: the language and zone of the people who read them.

export const LANGUAGES = ['en', 'zh'] as const;

export type Language = (typeof LANGUAGES)[number];

export const isLanguage = (text: string): text is Language => LANGUAGES.some((language) => language === text);

export interface Locale {
  readonly language: Language;
  /** Whether the receiver says so itself: then messages that upstream words in English are ours, in its language. */
  readonly isChosen: boolean;
  /** timezone: an IANA name */
  readonly timezone: string;
}

export const DEFAULT_LOCALE: Locale = { language: 'en', isChosen: false, timezone: 'UTC' };
