"""The functions that the chapter brings: what somebody writes who has looked at a few items."""

ONE_OR_SEVEN = """1 if strokes_top == 1 else 7 if strokes_top == 2
1 if upper_right < 0.25 else 7 if upper_right > 0.42
1 if slant > 0 else 7 if slant < -0.08
1 if top_row < 0.25 else 7 if top_row > 0.35
1 if bottom_row > 0.22 else 7 if bottom_row < 0.17
1 if width < 4 else 7 if width > 4
1 if top < 0.5 else 7 if top > 0.58
1 if left > 0.5 else 7 if left < 0.45
1 if ink > 0.31 else 7 if ink < 0.27"""

THREE_OR_EIGHT = """8 if centre > 0.52 else 3 if centre < 0.48
8 if left > 0.46 else 3 if left < 0.4
8 if lower_left > 0.27 else 3 if lower_left < 0.22
8 if upper_left > 0.34 else 3 if upper_left < 0.28
8 if holes > 1 else 3 if holes < 1
3 if top_row > 0.35 else 8 if top_row < 0.27
3 if bottom_row > 0.38 else 8 if bottom_row < 0.28
3 if lower_right > 0.38 else 8 if lower_right < 0.3
8 if strokes_top == 2 else 3 if strokes_top == 1
8 if mirror > 0.65 else 3 if mirror < 0.5"""

LOOP = """loop if holes > 0 else none
loop if flip > 0.6 else none if flip < 0.4
loop if strokes_bottom == 2 else none if strokes_bottom == 1
loop if lower_left > 0.3 else none if lower_left < 0.2
loop if mirror > 0.6 else none if mirror < 0.4
none if top_row > 0.4
loop if ink > 0.34 else none if ink < 0.28"""

TEN = """0 if centre < 0.35
0 if strokes_middle == 2 and flip > 0.7
1 if width < 4 and holes < 1
1 if centre > 0.65 and top_row < 0.3
2 if lower_right > 0.38 and upper_left < 0.25
2 if bottom_row > 0.4 and flip < 0.5
3 if lower_left < 0.2 and lower_right > 0.35
3 if left < 0.4 and top_row > 0.3
4 if top_row < 0.15 and left > 0.5
4 if slant < -0.1 and top_row < 0.2
5 if upper_left > 0.35 and lower_left < 0.25
5 if slant < -0.1 and top_row > 0.4
6 if top < 0.42
6 if top_row < 0.2 and lower_left > 0.4
7 if bottom_row < 0.18 and top_row > 0.3
7 if upper_right > 0.42 and lower_right < 0.22
8 if holes == 2
8 if mirror > 0.7 and centre > 0.6
9 if top > 0.6 and holes > 0
9 if upper_left > 0.38 and lower_left < 0.2"""

COMMENTS = """spam if links > 0
spam if 'subscribe' in text
spam if 'check out' in text or 'check it out' in text
spam if 'my ' in text and 'channel' in text or 'my video' in text
spam if 'please' in text or 'plz' in text
spam if words > 35
ham if 'song' in text and words < 15
ham if words < 5 and links == 0
ham if 'love' in text and words < 12
ham if 'views' in text or 'years' in text or 'billion' in text
ham if 'best' in text or 'awesome' in text or 'beautiful' in text"""

OF_DIGITS = {  # question: the functions
    "1 or 7": ONE_OR_SEVEN,
    "3 or 8": THREE_OR_EIGHT,
    "loop or none": LOOP,
    "all classes": TEN,
}
