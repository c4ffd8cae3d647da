export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Six digits that can be typed instead of following the link; null when the mail has none. */
  readonly code: string | null;
  /** Leads to the web app's `/auth/confirm`; null when the mail has none. */
  readonly link: string | null;
}

/**
 * What a person needs from one of the auth server's mails. The link is made as our mail templates on hosted make it,
 * `{{ .SiteURL }}/auth/confirm?token_hash={{ .TokenHash }}&type=…`: the web app verifies and sets its cookies itself,
 * and it works in another browser than the one that asked.
 */
export function readMail(message: { to: string; subject: string; text?: string }, webUrl: string): Mail {
  const text = message.text ?? '';
  const verify = /https?:\/\/\S+\/auth\/v1\/verify\?\S+/.exec(text)?.[0];
  return {
    to: message.to,
    subject: message.subject,
    code: /\b\d{6}\b/.exec(text)?.[0] ?? null,
    link: verify ? confirmLink(new URL(verify), webUrl) : null,
  };
}

function confirmLink(verify: URL, webUrl: string): string {
  const link = new URL('/auth/confirm', webUrl);
  link.searchParams.set('token_hash', verify.searchParams.get('token') ?? '');
  link.searchParams.set('type', verify.searchParams.get('type') ?? '');
  return link.href;
}
