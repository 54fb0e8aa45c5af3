// Is never done loading.
export const never = await new Promise(() => {})
