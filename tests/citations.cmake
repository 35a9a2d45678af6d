# Fails when a comment or a README cites a page that is not in resources/doc, or a section that the page does not have.
# A citation is "PAGE.md" or "PAGE.md, Section". Run as a script: cmake -DROOT=... -P citations.cmake

cmake_minimum_required(VERSION 3.25)  # a script starts without policies

set(elsewhere README CHANGELOG CONTRIBUTING guide)  # pages that may be named although they lie in other folders

file(GLOB pages ${ROOT}/resources/doc/*.md)
foreach(page IN LISTS pages)
    get_filename_component(name ${page} NAME_WE)
    list(APPEND names ${name})
    file(STRINGS ${page} headings_${name} REGEX "^#+ ")
    list(TRANSFORM headings_${name} REPLACE "^#+ " "")
endforeach()

# The prose of a file in one line: of C++ its comments, else all. A citation may go on in the next line.
function(prose_of file result)
    file(READ ${file} text)
    if(NOT text MATCHES "\\.md")
        set(${result} "" PARENT_SCOPE)
        return()
    endif()
    string(REGEX REPLACE "[][;]" "|" text "\n${text}")  # lists are not to be torn or joined by these
    if(file MATCHES "\\.(h|cpp)$")
        string(REGEX REPLACE "\n[^\n]*///<" "\n//." text "${text}")  # is about its own line
        string(REGEX REPLACE "\n[^\n]*///?" "\n//" text "${text}")
        string(REGEX REPLACE "\n[^/\n][^\n]*" "\n" text "${text}")
        string(REGEX REPLACE "\n//[ \t]*" " " text "${text}")
    else()
        string(REGEX REPLACE "\n[ \t]*#?[ \t]*" " " text "${text}")
    endif()
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

set(problems "")
set(count 0)
foreach(folder core widgets app tests)
    file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.h ${ROOT}/${folder}/*.cpp ${ROOT}/${folder}/*.py
        ${ROOT}/${folder}/*.md)
    foreach(file IN LISTS files)
        prose_of(${ROOT}/${file} text)
        string(REGEX MATCHALL "[A-Za-z_-]+\\.md(, [A-Z][A-Za-z0-9 '-]*)?" citations "${text}")
        foreach(citation IN LISTS citations)
            string(REGEX REPLACE "\\.md.*" "" name "${citation}")
            if(name IN_LIST elsewhere)
                continue()
            endif()
            math(EXPR count "${count} + 1")
            if(NOT name IN_LIST names)
                list(APPEND problems "${file}: there is no page resources/doc/${name}.md")
            elseif(citation MATCHES ", (.*[^ ]) *$")
                set(section ${CMAKE_MATCH_1})
                if(NOT section IN_LIST headings_${name})
                    list(APPEND problems "${file}: ${name}.md has no section '${section}'")
                endif()
            endif()
        endforeach()
    endforeach()
endforeach()

if(NOT count)
    list(APPEND problems "no citation found under ${ROOT}: wrong ROOT?")
endif()
if(problems)
    list(JOIN problems "\n  " text)
    message(FATAL_ERROR "citations:\n  ${text}")
endif()
message(STATUS "citations: ${count}, all of pages and sections that exist")
