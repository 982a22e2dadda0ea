"""Region mathematics: from a selection to a crop, masks and back; arrays in, arrays out.

RGB order everywhere. Pictures are float32 [H, W, 3] in 0..1 (sRGB coded) inside and uint8 at the
edges; masks are float32 [H, W] in 0..1, white where the picture may change.
"""
