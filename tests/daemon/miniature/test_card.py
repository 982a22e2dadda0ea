"""The bundled model's card and what stands beside it."""

from scumble_daemon.miniature import card, words


def test_the_card_names_its_licence_its_words_and_its_figures() -> None:
    text = card.card()

    assert text.startswith("---\nlicense:")
    assert "Open Font License" in " ".join(text.split())
    assert all(thing in text for thing in words.vocabulary().things)
    assert all(figure.name in text for figure in card.figures())


def test_the_figures_say_whether_their_bar_is_met() -> None:
    figure = card.Figure("error", 0.07, 0.08, "lower", "", 200)
    worse = card.Figure("hits", 84.0, 85.0, "higher", "%", 200)

    assert figure.met
    assert not worse.met


def test_latents_have_a_colour() -> None:
    colours = card.latent_colours()

    assert len(colours.factors) == 4
    assert all(len(row) == 3 for row in colours.factors)
