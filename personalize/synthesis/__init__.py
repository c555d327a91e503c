"""Rendered people: the training images of the project and their truth.

The paper trains on Unite the People, whose labels are projections of a body
model. Here a body model under a permissive licence is posed, dressed, lit and
ray-cast, so that every pixel's part is known. From the bottom up::

    settings                      numbers and folders
    motion_*, motion              recorded motion of any format as points
    skeleton, posture             directions of limbs -> rotations of bones
    gestures, poses, talking      gestures of the arms, single poses, a person who talks
    chart, body, labels           the body's shape, its coordinates, the 31 parts
    outfits, garments, skirts, dressing   clothes, painted, modelled or sewn, put on the body
    head_shapes, headwear_*, headwear  hair, hats and collars, fitted to each head
    textures, fabrics, skins, looks   colours
    camera, raster, shading, boxes, occluders, rooms
    thing_shapes, things          objects that touch the person, labelled background
    sitters, tracing, people      one picture of one person
    backgrounds, layout, threads, dataset  folders of pictures
    stages                        the scene of a film of one person who talks
    scripts, difficulties         scripts of films in which the person is hard to follow
    gaits, rides, actors, blocking  actors: how they walk and ride, where they are in each frame
    streets, places, shooting     the places, and the rendering of every frame
    films                         videos with their ground truth
"""
