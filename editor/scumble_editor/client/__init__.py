"""The editor's side of the conversation with a daemon. QtCore alone, no widgets.

Link            the connection, on a thread of its own with an asyncio loop: connection.py
Link.call(ask, done, failed)   any request of scumble_protocol.aio.AsyncClient, answered on
                               the GUI thread
Jobs            the jobs of this editor, as signals: jobs.py
PaintJob        one of them, kept up to date; `order` says what was asked and for whom
notes           what must be known of a job once this editor is gone: notes.py
"""
