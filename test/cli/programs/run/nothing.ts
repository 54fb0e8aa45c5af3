export const limit = 3
export class Plain {}
