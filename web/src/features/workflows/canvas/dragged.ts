/** What a component is under while it is dragged from the palette. */
export const DRAGGED = 'application/x-tandem-component'
