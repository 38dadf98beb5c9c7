import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { messages } from './en';

/**
 * Every text of the plugin. English is built in and zh-CN is loaded when the reader's language asks for it; an app offers
 * it by listing `zh-CN` among the available languages.
 */
export const meshDrTranslationRef = createTranslationRef({
  id: 'plugin.mesh-dr',
  messages,
  translations: {
    'zh-CN': () => import('./zh'),
  },
});
