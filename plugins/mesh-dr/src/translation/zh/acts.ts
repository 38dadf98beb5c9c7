import type { acts as en } from '../en/acts';

export const acts: Record<keyof typeof en, string> = {
  'return.label': '自动恢复',
  'return.help': '恢复到当前的规则，除非期间有人修改过。',
  'return.stays': '不自动恢复：保持到有人修改为止',
  'return.after': '{{time}}之后',
};
