"""Rendered people: the training images of the project and their truth.

The paper trains on Unite the People, whose labels are projections of a body
model. Here a body model under a permissive licence is posed, dressed, lit and
ray-cast, so that every pixel's part is known. From the bottom up::

    settings                      numbers and folders
    skeleton, body, labels        the body: bones, shape, the 31 parts
    motion_*, motion              recorded motion as points
    posture, gestures, poses      points and invented arms as rotations of bones
    outfits, garments, faces      what covers the body
    camera, raster, shading       from triangles to pixels
    people                        one picture of one person
    backgrounds                   what is behind
    dataset, films                folders of pictures, videos with their truth
"""
