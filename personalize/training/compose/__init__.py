"""Compose training images in batches, on the training's device.

`composer.Composer` is the pipeline: draw (`dice`, `sources`), take out of memory (`bank`) and warp
(`warp`), light (`light`), dress (`cloth`), set before what is behind (`things`, `shade`), hide
(`things`), and lose what cameras lose (`lens`); labels become those of cells (`cells`).
"""
