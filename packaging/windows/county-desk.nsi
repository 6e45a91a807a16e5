; The installer for Windows, for one user and without an administrator. `makensis` of Debian makes it:
;     makensis -DVERSION=0.1.0 -DPROGRAM=..\..\dist\county-desk packaging/windows/county-desk.nsi
; PROGRAM is the folder that PyInstaller makes on Windows of packaging/pyinstaller/county-desk.spec.
; What of this was tried and what was not stands in README.md beside it.

Unicode true
ManifestDPIAware true
ManifestLongPathAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma

!ifndef VERSION
  !error "say -DVERSION=, the version in pyproject.toml"
!endif
!ifndef PROGRAM
  !error "say -DPROGRAM=, the folder that PyInstaller made"
!endif
!ifndef OUT
  !define OUT "county-desk-${VERSION}-setup.exe"
!endif

!include "MUI2.nsh"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\CountyDesk"
!define BUNDLE "CountyDesk.CourierBundle"

Name "$(NAME)"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\CountyDesk"
BrandingText " "
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "County Desk"
VIAddVersionKey "FileDescription" "County Desk, 县域指挥台"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Apache-2.0"

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\county-deskw.exe"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString NAME ${LANG_SIMPCHINESE} "县域指挥台"
LangString NAME ${LANG_ENGLISH} "County Desk"
LangString KIND ${LANG_SIMPCHINESE} "县域指挥台摆渡包"
LangString KIND ${LANG_ENGLISH} "Courier bundle of County Desk"
LangString OPEN ${LANG_SIMPCHINESE} "县域指挥台开着。请先关闭它，再装。待发的指令都在，不会丢。"
LangString OPEN ${LANG_ENGLISH} "County Desk is open. Close it first; what waits in it is kept."
LangString KEPT ${LANG_SIMPCHINESE} "程序已卸载。配置、待发箱和缓存保留在 $LOCALAPPDATA\county-desk：其中可能有未送达的指令。"
LangString KEPT ${LANG_ENGLISH} "The program is removed. Settings, outbox and cache stay in $LOCALAPPDATA\county-desk: they may hold commands that never arrived."

Function .onInit
  !insertmacro MUI_LANGDLL_DISPLAY
FunctionEnd

; A program that runs holds its file: then nothing is replaced, neither half nor whole.
!macro InsistOnClosed
  IfFileExists "$INSTDIR\county-desk.exe" 0 closed
  ClearErrors
  FileOpen $0 "$INSTDIR\county-desk.exe" a
  IfErrors 0 free
  MessageBox MB_OK|MB_ICONEXCLAMATION "$(OPEN)" /SD IDOK
  SetErrorLevel 2
  Quit
  free:
  FileClose $0
  closed:
!macroend

Section
  SetShellVarContext current
  !insertmacro InsistOnClosed
  ; Libraries of the version before would be found by this one.
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${PROGRAM}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateDirectory "$SMPROGRAMS\$(NAME)"
  CreateShortcut "$SMPROGRAMS\$(NAME)\$(NAME).lnk" "$INSTDIR\county-deskw.exe"
  WriteRegStr HKCU "${KEY}" "ShortcutFolder" "$SMPROGRAMS\$(NAME)"

  WriteRegStr HKCU "Software\Classes\.cdb" "" "${BUNDLE}"
  WriteRegStr HKCU "Software\Classes\.cdb" "Content Type" "application/vnd.county-desk.courier-bundle"
  WriteRegStr HKCU "Software\Classes\${BUNDLE}" "" "$(KIND)"
  WriteRegStr HKCU "Software\Classes\${BUNDLE}\DefaultIcon" "" "$INSTDIR\county-deskw.exe,0"
  WriteRegStr HKCU "Software\Classes\${BUNDLE}\shell\open\command" "" '"$INSTDIR\county-deskw.exe" "%1"'

  WriteRegStr HKCU "${KEY}" "DisplayName" "$(NAME)"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\county-deskw.exe"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  SetShellVarContext current
  !insertmacro InsistOnClosed
  ReadRegStr $0 HKCU "${KEY}" "ShortcutFolder"
  StrCmp $0 "" +2
  RMDir /r "$0"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\county-desk.exe"
  Delete "$INSTDIR\county-deskw.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "Software\Classes\${BUNDLE}"
  DeleteRegKey HKCU "Software\Classes\.cdb"
  DeleteRegKey HKCU "${KEY}"
  MessageBox MB_OK|MB_ICONINFORMATION "$(KEPT)" /SD IDOK
SectionEnd
