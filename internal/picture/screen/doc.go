// Package screen finds out which pictures this terminal can show and gets them
// onto it beside Bubble Tea's cell renderer.
//
// A Detector turns the terminal's answers into Caps. Prepare scales and encodes
// a picture for those Caps, away from the event loop. A Pane gives the lines a
// screen puts into its view, and the Writer, which stands between Bubble Tea
// and the terminal, sends what those lines need: it must be the program's
// output, and every frame must go through Writer.Frame on its way out of View.
// The Reader, which must be the program's input, lets UTF-8 alone through.
//
// What a screen must do: put Pane.Lines into its view as they are, neither cut
// nor restyled; ask for them as overlaid while something is drawn over them;
// send a background that is dimmed through Blank first; and keep sixel pictures
// off the last row of the terminal, which they would scroll.
//
// Sizes named cols and rows are cells, sizes named w and h are pixels.
package screen
