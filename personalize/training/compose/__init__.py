"""Compose training images in batches, on the training's device.

`composer.Composer` is the pipeline: draw random numbers and pictures (`dice`, `sources`), take the
pictures out of memory (`bank`) and warp them (`warp`), change their light (`light`) and the colours
of garments (`cloth`), put the person in front of a background (`things`, `shade`), put things in
front of the person (`things`), and degrade the image as cameras do (`lens`); labels of pixels
become labels of cells (`cells`).
"""
