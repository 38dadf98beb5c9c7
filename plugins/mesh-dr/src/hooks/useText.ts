import {
  appLanguageApiRef,
  useApi,
  useTranslationRef,
  type TranslationFunction,
} from '@backstage/frontend-plugin-api';
import { useEffect, useMemo, useState } from 'react';
import { meshDrTranslationRef } from '../translation/ref';
import { messageKeys } from '../translation/en';

/** Values put into the placeholders of a message. */
export type TextValues = Record<string, string | number>;

/** What components need to speak to the reader. */
export interface Text {
  t: TranslationFunction<(typeof meshDrTranslationRef)['T']>;
  /**
   * Text for a key that came with data, e.g. `lint.version-gate`. `message` is the server's own English sentence: it is
   * what English shows, and what every language shows for a key it does not know.
   */
  dynamic: (key: string, values: TextValues, message: string) => string;
  /** Of dates and numbers. */
  locale: string;
  /** The portal's language setting. */
  language: string;
}

/**
 * Texts and formats in the reader's language. Dates follow the browser's locale as long as it speaks the language the
 * portal is set to (so a British reader keeps British dates), else the portal's language.
 */
export function useText(): Text {
  const { t } = useTranslationRef(meshDrTranslationRef);
  const languageApi = useApi(appLanguageApiRef);
  const [language, setLanguage] = useState(
    () => languageApi.getLanguage().language,
  );
  useEffect(() => {
    const subscription = languageApi
      .language$()
      .subscribe(next => setLanguage(next.language));
    return () => subscription.unsubscribe();
  }, [languageApi]);

  return useMemo(() => {
    const spoken = language.split('-')[0];
    // Keys that come with data cannot be checked by the compiler.
    const translate = t as unknown as (
      key: string,
      values: TextValues,
    ) => string;
    const locale =
      navigator.languages?.find(tag => tag.split('-')[0] === spoken) ??
      language;
    const dynamic = (key: string, values: TextValues, message: string) =>
      messageKeys.has(key) ? translate(key, { ...values, message }) : message;
    return { t, dynamic, locale, language };
  }, [t, language]);
}
