package plain

// accents lists, for each combining mark, pairs of a letter and the same letter
// with the mark: those of the Latin alphabets of Europe.
var accents = map[rune]string{
	'\u0300': "aàeèiìoòuùAÀEÈIÌOÒUÙ",
	'\u0301': "aáeéiíoóuúyýcćnńsśzźrŕlĺAÁEÉIÍOÓUÚYÝCĆNŃSŚZŹRŔLĹ",
	'\u0302': "aâeêiîoôuûyŷcĉsŝgĝhĥjĵwŵAÂEÊIÎOÔUÛYŶCĈSŜGĜHĤJĴWŴ",
	'\u0303': "aãiĩoõuũnñAÃIĨOÕUŨNÑ",
	'\u0304': "aāeēiīoōuūAĀEĒIĪOŌUŪ",
	'\u0306': "aăeĕiĭoŏuŭgğAĂEĔIĬOŎUŬGĞ",
	'\u0307': "eėcċzżgġEĖIİCĊZŻGĠ",
	'\u0308': "aäeëiïoöuüyÿAÄEËIÏOÖUÜYŸ",
	'\u030a': "aåuůAÅUŮ",
	'\u030b': "oőuűOŐUŰ",
	'\u030c': "eěcčnňsšzžrřlľtťdďEĚCČNŇSŠZŽRŘLĽTŤDĎ",
	'\u0327': "cçnņsşgģrŗlļtţkķCÇNŅSŞGĢRŖLĻTŢKĶ",
	'\u0328': "aąeęiįuųAĄEĘIĮUŲ",
}

var composed = func() map[[2]rune]rune {
	out := map[[2]rune]rune{}
	for mark, pairs := range accents {
		for letters := []rune(pairs); len(letters) > 1; letters = letters[2:] {
			out[[2]rune{letters[0], mark}] = letters[1]
		}
	}
	return out
}()

// compose joins a letter and a combining mark; 0 when no single letter is known.
func compose(letter, mark rune) rune { return composed[[2]rune{letter, mark}] }
