/** The kinds of file that a report is given away as, in the order in which they are offered; the server has the same list. */
export const reportFormats = ['html', 'pdf', 'xlsx'] as const

export type ReportFormat = (typeof reportFormats)[number]
