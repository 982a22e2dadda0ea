"""The Qt face: windows, the canvas, panels, dialogs, and the models beneath them.

Where things are, for whoever adds to it:

    EditorSession, OpenDocument      what is open, without widgets: session.py, open_document.py
    Desk                             what a command is given: session, works, messages, canvas()
    actions/table.py                 every action as data; a new one is a new row
    Messages.info/.warning/.error/.report    the one road to the painter: messages.py
    Generation                       painting with models: generate/generation.py, desk.generation
    Works.start(title, job, done)    long work off the GUI thread, with progress and cancel: work.py
    MainWindow.docks.add(name, title, panel)     one more panel
    Canvas.overlays                  what else lies over the picture and can be dragged: pointing.py
    OpenDocument.preview(document)   shows a document that is no step; .commit records one
"""
