"""Painting with models as values and pure functions: no toolkit, no socket, no torch.

A painter's wish becomes paint in three steps, each a module:

    Settings                         what is asked for, as the panel shows it: settings.py
    actions.default_action(document) what may be done, and what is offered first: actions.py
    asking.ask(document, settings)   a document and settings → Asked: a task and its pictures
    results.with_result(document, finished)  a finished job → the document with it, as one edit
"""
