"""Pictures on disk: OpenRaster as the native file, PSD to read, and the common image formats.

    open_document(path) -> Opened(document, notices)       documents.py
    save_document(document, path)                          documents.py, format by the name's end
    openraster.read / openraster.write, images.read / images.write, psd.read

What cannot be kept is told in `notices`, sentences for the painter. Every refusal is a
`FileError`. Saving is atomic, and the version that was there before is kept as `NAME~`.
"""
