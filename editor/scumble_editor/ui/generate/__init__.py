"""Painting with models in the window: the model behind the panel, and the panel's parts.

    Generation       what is asked for, and the way of jobs to documents and back: generation.py
    Landing          results put into their documents when the hand is at rest: landing.py
    GeneratePanel    the panel, made of the other modules here, each a few fields: panel.py

`desk.generation` is the one Generation; its signals say everything that others may follow.
"""
