import type { guardrails as en } from '../en/guardrails';

export const guardrails: Record<keyof typeof en, string> = {
  'lint.guardrail-last-healthy-region':
    '对于 {{services}}，来自 {{caller}} 的调用方将不再有任何健康的地域：请求会转到 {{where}}。',
  'lint.guardrail-capacity':
    '{{region}} 中 {{service}} 的每个 Pod 收到的请求将是目前最繁忙 Pod 的 {{factor}} 倍（由 {{before}} 变为 {{after}}；上限为 {{limit}} 倍）。',
  'lint.guardrail-capacity-unknown':
    '对 {{service}} 的请求会转到 {{region}}，但目前看不到该地域的 Pod，无法得知有多少 Pod 能够应答。',
  'lint.guardrail-freeze-window':
    '规则冻结至 {{until}}：{{reason}}。仍可回滚。',
  'lint.guardrail-wait-period':
    '刚刚应用过另一项变更；同一服务的两次变更之间至少间隔 {{period}} 秒，还需等待 {{seconds}} 秒。',
  'lint.guardrail-active-shift':
    '该服务正在从 {{from}} 逐步切换到 {{to}}；请先中止切换 {{shift}}，或等待其结束。',
};
