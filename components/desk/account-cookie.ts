/** Keeps which account a person works on. */
export const ACCOUNT_COOKIE = 'narae_account';
