# Fails when an include crosses a boundary of architecture.md, Layers. As a script: cmake -DROOT=... -P layering.cmake
# The compiler cannot do this: Debian puts ATen, HDF5's and Qt's neighbours where every target sees them.

cmake_minimum_required(VERSION 3.25)  # a script starts without policies

# folder -> folders of ours it may include from. What is not listed may not be included.
set(allowed_core "core")
set(allowed_core/text "core;core/text")
set(allowed_core/record "core;core/text;core/record")
set(allowed_core/analysis "core;core/text;core/record;core/analysis")
set(allowed_core/figure "core;core/text;core/record;core/analysis;core/figure")
set(allowed_core/imports "core;core/text;core/record;core/analysis;core/imports")
set(allowed_core/engine "core;core/text;core/record;core/analysis;core/engine")
set(allowed_widgets "core;core/text;core/record;core/analysis;core/figure;widgets")
set(allowed_app/engine "core;core/text;core/record;core/imports;core/analysis;core/engine;app/engine")
set(allowed_app/window "core;core/text;core/record;core/analysis;core/figure;widgets;app/window")
set(units core/text core/record core/analysis core/figure core/imports core/engine widgets app/engine app/window core)

# Rooms of a folder -> rooms beside them that they may include from. A folder's own files may be included by all its
# rooms and include none. A room that is not listed is refused; who needs another arrow thinks twice, then adds it here.
set(roomed core/analysis core/figure core/engine widgets widgets/plot widgets/page app/window)
set(rooms_core/analysis
    "compute:"
    "statistics:"
    "theory:"
    "calibration: compute statistics"
    "classifier: compute"
    "feature: compute statistics"
    "logistic: calibration compute"
    "temperature: calibration compute"
    "kernel: logistic"
    "recalibration: calibration compute logistic temperature"
    "run: calibration compute feature kernel statistics temperature"
    "claims: calibration feature kernel run statistics")
set(rooms_core/figure
    "label:"
    "chart: label"
    "theory: label"
    "accuracy: chart label"
    "calibration: chart label"
    "classifier: chart label"
    "kernel: chart label"
    "write: chart"
    "feature: chart classifier label"
    "training: chart classifier label"
    "request: accuracy calibration classifier feature kernel theory training")
set(rooms_core/engine
    "tokenizer:"
    "model: tokenizer"
    "ntk: model tokenizer"
    "task: model tokenizer"
    "demo: model task tokenizer"
    "train: model task tokenizer"
    "kernel_run: model ntk task train"
    "study: task train"
    "theory: model ntk tokenizer train")
set(rooms_widgets
    "plot:"
    "control: plot"
    "model: control plot"
    "panel: control model"
    "page: control panel plot"
    "dialog: page plot")
set(rooms_widgets/plot
    "paint:"
    "scene: paint"
    "export: paint scene"
    "view: export paint scene")
set(rooms_widgets/page
    "common:"
    "accuracy: common"
    "calibration: common"
    "classifier: common"
    "feature: common"
    "kernel: common"
    "training: common")
set(rooms_app/window
    "command:"
    "runs:"
    "jobs: runs"
    "window: command jobs runs")
set(entrances app/window/main.cpp)  # may include any room: the program begins there

# Libraries that only one place may name: pattern of the included header, then where it is welcome.
set(qt_headers "^(Q[A-Z][A-Za-z]*|Qt[A-Z].*|q[a-z]+\\.h|Qt)$")
set(torch_headers "^(torch|ATen|c10|caffe2)/")
set(hdf5_headers "^(hdf5|H5[A-Za-z]+)(_hl)?\\.h$")
set(plot_headers "qcustomplot")

function(unit_of path result)
    foreach(unit IN LISTS units)
        if(path MATCHES "^${unit}/")
            set(${result} ${unit} PARENT_SCOPE)
            return()
        endif()
    endforeach()
    set(${result} "" PARENT_SCOPE)
endfunction()

foreach(folder IN LISTS roomed)
    foreach(row IN LISTS rooms_${folder})
        string(REGEX MATCH "^([a-z_]+):(.*)$" row "${row}")
        list(APPEND names_${folder} ${CMAKE_MATCH_1})
        string(REGEX MATCHALL "[a-z_]+" may_${folder}/${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
    endforeach()
endforeach()

# The first part of the path below a folder; "" for the folder's own files, and for other folders.
function(room_of path folder result)
    set(${result} "" PARENT_SCOPE)
    if(path MATCHES "^${folder}/([^/]+)/")
        set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
    endif()
endfunction()

# Adds to `problems` what an include does that the rooms of a folder forbid.
macro(check_rooms source header)
    foreach(folder IN LISTS roomed)
        room_of(${source} ${folder} from)
        room_of(${header} ${folder} to)
        if(from AND NOT from IN_LIST names_${folder})
            list(APPEND problems "${source}: room ${folder}/${from} is not listed")
        elseif(to AND NOT to STREQUAL from AND ${source} MATCHES "^${folder}/" AND
               NOT to IN_LIST may_${folder}/${from} AND NOT ${source} IN_LIST entrances)
            list(APPEND problems "${source}: room ${folder}/${from} may not look into ${header}")
        endif()
    endforeach()
endmacro()

set(problems "")
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/core/*.h ${ROOT}/core/*.cpp ${ROOT}/widgets/*.h
    ${ROOT}/widgets/*.cpp ${ROOT}/app/*.h ${ROOT}/app/*.cpp)
set(count 0)
foreach(source IN LISTS sources)
    math(EXPR count "${count} + 1")
    unit_of(${source} unit)
    file(STRINGS ${ROOT}/${source} lines REGEX "^[ \t]*#[ \t]*include")
    set(included_${source} "")
    foreach(line IN LISTS lines)
        if(NOT line MATCHES "include[ \t]*[<\"]([^>\"]+)[>\"]")
            continue()
        endif()
        set(header ${CMAKE_MATCH_1})
        unit_of(${header} target)
        if(target AND NOT target IN_LIST allowed_${unit})
            list(APPEND problems "${source}: ${unit} may not include ${header}")
        endif()
        if(target)
            list(APPEND included_${source} ${header})
            check_rooms(${source} ${header})
        endif()
        if(unit MATCHES "^(core|app/engine)" AND header MATCHES "${qt_headers}")
            list(APPEND problems "${source}: no Qt below the widgets (${header})")
        endif()
        if(NOT unit STREQUAL "core/engine" AND header MATCHES "${torch_headers}")
            list(APPEND problems "${source}: LibTorch belongs to core/engine (${header})")
        endif()
        if(NOT unit STREQUAL "core/record" AND header MATCHES "${hdf5_headers}")
            list(APPEND problems "${source}: HDF5 belongs to core/record (${header})")
        endif()
        if(NOT source MATCHES "^widgets/plot/" AND header MATCHES "${plot_headers}")
            list(APPEND problems "${source}: QCustomPlot belongs to widgets/plot (${header})")
        endif()
    endforeach()
endforeach()

# Cycles among headers: strip headers that include nothing that is left, until nothing moves.
set(left ${sources})
list(FILTER left INCLUDE REGEX "\\.h$")
set(moved TRUE)
while(moved)
    set(moved FALSE)
    foreach(header IN LISTS left)
        set(waits FALSE)
        foreach(other IN LISTS included_${header})
            if(other IN_LIST left)
                set(waits TRUE)
                break()
            endif()
        endforeach()
        if(NOT waits)
            list(REMOVE_ITEM left ${header})
            set(moved TRUE)
        endif()
    endforeach()
endwhile()
if(left)
    list(APPEND problems "headers that include each other in a circle (or depend on one): ${left}")
endif()

if(NOT count)
    list(APPEND problems "only ${count} source files found under ${ROOT}: wrong ROOT?")
endif()
if(problems)
    list(REMOVE_DUPLICATES problems)
    list(JOIN problems "\n  " text)
    message(FATAL_ERROR "layering:\n  ${text}")
endif()
message(STATUS "layering: ${count} files, no include crosses a boundary")
